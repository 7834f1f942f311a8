"""Keys for a bucket, where the settings have none."""

from boto3.session import Session
from botocore.exceptions import BotoCoreError
from obstore.auth.boto3 import Boto3CredentialProvider

from albumen.kernel.errors import Invalid


def found() -> Boto3CredentialProvider:
    """Keys from where AWS's programs take them: the environment, a profile, the machine's role.

    Raises Invalid where there are none.
    """
    try:
        return Boto3CredentialProvider(Session())
    except ValueError:
        words = "There are no keys for the bucket: set ALBUMEN_STORE_ACCESS_KEY and ALBUMEN_STORE_SECRET_KEY, or AWS_…."
        raise Invalid(words) from None
    except BotoCoreError as error:
        raise Invalid(f"The keys for the bucket cannot be read: {error}.") from None
