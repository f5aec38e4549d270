"""HubSpot's own SDK against the emulator, and against our client: neither is the judge of itself."""
