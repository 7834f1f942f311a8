"""The memory twin keeps the contract of the port."""

import pytest
from tests.contracts.blobs import BlobsContract

from albumen.blobs.memory import MemoryBlobs


class TestMemoryBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self) -> MemoryBlobs:
        return MemoryBlobs()
