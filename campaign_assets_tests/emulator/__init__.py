"""The emulator's own tests: over real HTTP, with httpx."""
