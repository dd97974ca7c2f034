# One image for every role; docker-compose.yml says what each container runs.
FROM debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/dateline
WORKDIR /src
# The locked packages first: this layer stays while only our code changes.
COPY requirements.lock ./
RUN /opt/dateline/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY . .
# Not editable: a folder of the working directory must never shadow a package (or be shadowed by one).
RUN /opt/dateline/bin/pip install --no-cache-dir --no-deps . \
 && /opt/dateline/bin/python -m compileall -q /opt/dateline/lib

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /var/lib/dateline dateline
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATELINE_HOME=/var/lib/dateline
USER dateline
WORKDIR /var/lib/dateline
VOLUME /var/lib/dateline
# tini hands signals on and reaps the reader children of a worker that was killed.
ENTRYPOINT ["/usr/bin/tini", "--"]
# By itself the container is the whole service on embedded servers, its data in the volume.
CMD ["dateline", "up", "--no-demo"]
