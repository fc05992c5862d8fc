"""The office: pages for the seller's staff, beside the command line and over the same commands and queries.

A page is a function in a folder named after its place in the menu (`today/`, `runs/`, …), registered in that folder's
`urls.py` and wrapped by `@page`, which finds out who acts for which seller and turns refusals into answers. Templates
lie in `templates/office/<the same folder>/`, what several of them show in `templates/office/parts/`. A form that is
sent says `{% form_key %}` after `{% csrf_token %}`, so that sent twice it is done once (`form_keys.py`).
"""
