# Builds from the repository alone:  docker build -t kgbuild .
# More extras: docker build --build-arg EXTRAS=plot,tables,archives,cluster -t kgbuild .

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /src
COPY pyproject.toml README.md CHANGELOG.md LICENSE ./
COPY ontologies ontologies
COPY kgbuild kgbuild
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim-bookworm
ARG EXTRAS=plot,tables,archives
# Any user may run it (docker run --user), so what libraries keep between calls goes where all may write.
ENV HOME=/tmp MPLCONFIGDIR=/tmp PYTHONUNBUFFERED=1
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# What is installed is the wheel made here; the versions it takes stand in its pyproject.toml.
# hadolint ignore=DL3013
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels \
    wheel="$(find /wheels -name 'kgbuild-*.whl')" \
    && pip install --no-cache-dir "${wheel}[${EXTRAS}]" \
    && useradd --no-create-home --no-log-init --uid 10001 kgbuild \
    && install --directory --owner=kgbuild /data
USER 10001
WORKDIR /data
# A library that does not load, a model that does not fit: the image is not made.
RUN kgbuild doctor
EXPOSE 8765
ENTRYPOINT ["kgbuild"]
CMD ["--help"]
