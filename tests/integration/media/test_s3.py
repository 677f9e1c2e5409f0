"""Files in a bucket, of a server on this machine that speaks as S3 does."""

import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from moto.server import ThreadedMotoServer

from jaboti_adapters.contracts.media_files import LARGE, Interrupted, MediaFilesContract, pieces_of
from jaboti_adapters.media.s3 import S3MediaFiles
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_entrypoints.container.stores import files_of
from jaboti_entrypoints.settings import Settings

BUCKET, REGION = "arquivos", "sa-east-1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Its address; the bucket is there."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    url = f"http://{host}:{port}"
    made = httpx.put(
        f"{url}/{BUCKET}",
        content=f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>",
        headers={"authorization": f"AWS4-HMAC-SHA256 Credential=k/20260101/{REGION}/s3/aws4_request"},
        trust_env=False,
    )
    assert made.is_success, made.text
    yield url
    running.stop()


def bucket_at(url: str) -> S3MediaFiles:
    return S3MediaFiles.of_bucket(BUCKET, endpoint=url, region=REGION, key_id="k", secret="s")


class TestS3MediaFiles(MediaFilesContract):
    """What is promised of any place for files is true of a bucket."""

    @pytest.fixture
    async def files(self, server: str) -> S3MediaFiles:
        return bucket_at(server)

    async def test_who_breaks_off_in_the_middle_of_many_parts_leaves_nothing(
        self, files: S3MediaFiles, company_id: CompanyId, server: str
    ) -> None:
        with pytest.raises(Interrupted):
            await files.put(company_id, pieces_of(*[LARGE] * 8, broken=True))
        async with httpx.AsyncClient(base_url=server, trust_env=False) as http:
            assert "<UploadId>" not in (await http.get(f"/{BUCKET}?uploads")).text
            assert str(company_id) not in (await http.get(f"/{BUCKET}")).text

    async def test_what_comes_in_many_parts_is_whole(self, files: S3MediaFiles, company_id: CompanyId) -> None:
        stored = await files.put(company_id, pieces_of(*[LARGE] * 8))
        read = b"".join([piece async for piece in files.read(company_id, stored.sha256)])
        assert read == LARGE * 8


async def test_the_bucket_that_is_named_is_used(server: str) -> None:
    named = {"bucket": BUCKET, "bucket_region": REGION, "bucket_endpoint": server, "bucket_key_id": "k"}
    settings = {f"media_{name}": value for name, value in named.items()}
    files, company_id = files_of(Settings.model_validate({**settings, "media_bucket_secret": "s"})), CompanyId(new_id())
    stored = await files.put(company_id, pieces_of(b"a file"))
    assert await bucket_at(server).size(company_id, stored.sha256) == 6


async def test_a_bucket_that_is_away_is_to_be_asked_again() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    files = bucket_at(f"http://127.0.0.1:{port}")
    with pytest.raises(Unavailable):
        await files.size(CompanyId(new_id()), "0" * 64)
