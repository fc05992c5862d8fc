"""Settings of the seller: who it is, its terms, its numbers, its look and its mails. For those who may configure."""
