"""The city: what all centres publish, put together."""
