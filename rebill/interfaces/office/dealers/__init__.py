"""Dealers: who they are, making a customer one, ordering for their customers, and moving those to another."""
