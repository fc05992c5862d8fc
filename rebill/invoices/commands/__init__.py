"""Writes of issued documents: issuing, crediting, withdrawing, and keeping their bytes."""

from rebill.invoices.commands.crediting import credit_invoice, withdraw_invoice
from rebill.invoices.commands.issuing import issue_invoices
from rebill.invoices.commands.keeping import keep_documents
from rebill.invoices.commands.rendering import render_documents

__all__ = ["credit_invoice", "issue_invoices", "keep_documents", "render_documents", "withdraw_invoice"]
