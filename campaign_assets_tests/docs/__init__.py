"""README and docs: what of them is generated, and the tests that hold the rest to the product."""
