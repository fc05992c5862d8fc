"""The postal address, the same for sellers and customers."""

from django.db import models


class Address(models.Model):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    street = models.CharField(max_length=120, blank=True, default="")
    street_extra = models.CharField(max_length=120, blank=True, default="")
    postcode = models.CharField(max_length=16, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    country = models.CharField(max_length=2, default="NL")

    class Meta:
        abstract = True

    @property
    def has_address(self) -> bool:
        """Whether a letter could reach them: EN 16931 asks a country, the mandatory contents a full address."""
        return bool(self.street and self.city)
