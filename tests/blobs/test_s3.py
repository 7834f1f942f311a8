"""Blobs in a bucket keep the contract of the port, on a real server and on moto."""

from pathlib import Path

import pytest
from tests import s3
from tests.contracts.blobs import BlobsContract

from albumen.blobs.s3 import S3Blobs


class TestOnRadosgw(BlobsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> S3Blobs:
        return S3Blobs(s3.radosgw().empty(), tmp_path)


class TestOnMoto(BlobsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> S3Blobs:
        return S3Blobs(s3.moto().empty(), tmp_path)
