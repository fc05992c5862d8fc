"""Customers: what do they have, owe, get next?"""
