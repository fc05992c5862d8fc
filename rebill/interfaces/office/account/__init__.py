"""My account: who I am, my language, my password, second factors and sessions."""
