"""What traps need of stories."""

from tests.stories.conftest import own_month

__all__ = ["own_month"]
