# Built in two stages: what builds the wheel does not travel into the image that runs it.
FROM python:3.13-slim AS build

WORKDIR /source
COPY requirements-build.txt requirements.txt ./
RUN python -m venv /build \
 && /build/bin/python -m pip --disable-pip-version-check install --no-cache-dir --require-hashes -r requirements-build.txt \
 && python -m venv /opt/glue-bridge \
 && /opt/glue-bridge/bin/python -m pip --disable-pip-version-check install --no-cache-dir --require-hashes -r requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY bridge bridge
COPY connectors connectors
COPY simulators simulators
RUN /build/bin/python -m hatchling build -t wheel -d /wheel \
 && /opt/glue-bridge/bin/python -m pip --disable-pip-version-check install --no-cache-dir --no-deps /wheel/*.whl


FROM python:3.13-slim

# A number as user, so that a cluster can see that it is not root.
RUN groupadd --gid 10001 bridge \
 && useradd --uid 10001 --gid bridge --no-create-home --home-dir /bridge --shell /usr/sbin/nologin bridge \
 && mkdir -p /bridge/data \
 && chown -R bridge:bridge /bridge

COPY --from=build /opt/glue-bridge /opt/glue-bridge
ENV PATH=/opt/glue-bridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# bridge.toml is mounted here; the data folder lies beside it unless [store] data says otherwise.
WORKDIR /bridge
VOLUME /bridge/data
USER 10001:10001

# Healthy: the service runs on this data folder, and none of its processes waits to be started again.
HEALTHCHECK --interval=60s --timeout=30s --start-period=120s --retries=3 \
    CMD glue-bridge status --json | python -c "import json, sys; service = json.load(sys.stdin)['service']; sys.exit(service is None or any(each['pid'] is None for each in service['processes']))"

# On SIGTERM what is being sent ends; then the service ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["glue-bridge"]
CMD ["run"]
