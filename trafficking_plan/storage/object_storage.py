"""Uploaded files in a bucket of object storage, over the S3 protocol (decision 76)."""

import functools
from collections.abc import Callable
from typing import Any, NoReturn

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from trafficking_plan.storage.marker import Marked, StorageAway

# Seconds until storage that does not answer counts as away; a call is tried twice.
CONNECT_TIMEOUT, READ_TIMEOUT = 3, 20
MISSING = {"404", "NoSuchKey", "NotFound"}


def saying_what_is_away(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let the method raise `FileNotFoundError` or `StorageAway` in place of the library's errors."""

    @functools.wraps(act)
    def acting(*arguments: Any, **kwargs: Any) -> Any:
        try:
            return act(*arguments, **kwargs)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                raise FileNotFoundError("The file is not in the bucket.") from error
            raise StorageAway(str(error)) from error
        except (BotoCoreError, Boto3Error) as error:
            raise StorageAway(str(error)) from error

    return acting


class PlainBucket(S3Storage):
    """A private bucket. Views check permissions and read the file; files have no public addresses.

    Keys, region and address come from the variables that all programs for S3 read: AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3.
    """

    def __init__(self, bucket_name: str) -> None:
        super().__init__(
            bucket_name=bucket_name,
            file_overwrite=False,
            # Above our largest file, so that a file is one request, which succeeds or leaves nothing.
            transfer_config=TransferConfig(multipart_threshold=64 * 1024 * 1024, use_threads=False),
            client_config=Config(
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retries={"total_max_attempts": 2, "mode": "standard"},
                signature_version="s3v4",
                # Servers other than Amazon's may not know the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @property
    def bucket(self) -> Any:
        """The library keeps one for all threads, which they must not share."""
        return self.connection.Bucket(self.bucket_name)

    @saying_what_is_away
    def _open(self, name: str, mode: str = "rb") -> Any:
        file = super()._open(name, mode)
        if "r" in mode:
            _ = file.file  # fetched now, so that what goes wrong does so here
        return file

    @saying_what_is_away
    def _save(self, name: str, content: "File[bytes]") -> Any:
        return super()._save(name, content)

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Store every file as plain bytes; do not trust the browser's content type."""
        return {"ContentType": "application/octet-stream"}

    delete = saying_what_is_away(S3Storage.delete)
    exists = saying_what_is_away(S3Storage.exists)
    listdir = saying_what_is_away(S3Storage.listdir)
    size = saying_what_is_away(S3Storage.size)
    get_modified_time = saying_what_is_away(S3Storage.get_modified_time)

    def url(self, *arguments: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("Views serve files, after they have checked who asks.")

    @saying_what_is_away
    def look_for_bucket(self) -> None:
        """Raise `FileNotFoundError` if the bucket is not there, `StorageAway` if it cannot be asked."""
        self.connection.meta.client.head_bucket(Bucket=self.bucket_name)


class Bucket(Marked, PlainBucket):
    """The bucket of uploaded files."""
