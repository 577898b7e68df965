"""The endpoints: how the answers are asked for over HTTP."""
