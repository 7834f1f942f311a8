# Two stages: the first installs what requirements.lock pins, by hash; the second runs it as a user without rights.
FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/albumen
WORKDIR /source
COPY requirements.lock ./
# What a source distribution is built with gets the pinned versions too; pip takes no hashes there.
RUN sed -n 's/^\([a-z0-9][^\\]*\).*/\1/p' requirements.lock > versions.txt \
    && PIP_CONSTRAINT=/source/versions.txt /opt/albumen/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/albumen/bin/pip install --no-deps --no-build-isolation . \
    && /opt/albumen/bin/python -m compileall -q /opt/albumen/lib


FROM python:3.13-slim

RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin albumen \
    && install --directory --mode 0700 --owner albumen --group albumen /data
COPY --from=build /opt/albumen /opt/albumen
COPY LICENSE /opt/albumen/

ENV PATH=/opt/albumen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ALBUMEN_DATA_DIR=/data \
    ALBUMEN_SERVER_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"ALBUMEN_SERVER_PORT\", 5000)}/healthz', timeout=4)"]
ENTRYPOINT ["albumen"]
CMD ["serve"]
