"""Sets Django up for a measuring process; import it before anything that has tables."""

import django

django.setup()
