# The hub, from the lock and with its hashes. What builds it stays behind in the first stage.
FROM python:3.11.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /build \
    && /build/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY domain domain
COPY projections projections
COPY adapters adapters
COPY hub-api hub-api
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python -m venv --without-pip /opt/samrad \
    && /build/bin/pip --python /opt/samrad/bin/python install --require-hashes --only-binary :all: -r requirements.lock \
    && /build/bin/pip --python /opt/samrad/bin/python install --no-deps --no-index /wheels/*.whl \
    && /build/bin/pip --python /opt/samrad/bin/python uninstall --yes hatchling trove-classifiers

FROM python:3.11.13-slim-bookworm
RUN pip uninstall --yes --quiet --root-user-action ignore setuptools wheel pip \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin samrad \
    && install --directory --owner samrad --group samrad --mode 0700 \
        /var/lib/samrad/keys /var/lib/samrad/projection /var/lib/samrad/demo
COPY --from=build /opt/samrad /opt/samrad
COPY examples /opt/samrad/examples
ENV PATH=/opt/samrad/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1
USER 10001:10001
WORKDIR /var/lib/samrad
ENTRYPOINT []
CMD ["samrad", "--help"]
