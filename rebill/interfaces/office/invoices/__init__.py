"""Invoices: where is it, and what next? Finding documents, showing one, sending it again, crediting and withdrawing."""
