# One image; its command starts the whole house. With DATABASE_URL and CELERY_BROKER_URL set, the same
# image runs single parts: `python manage.py web`, `celery -A config worker`, `celery -A config beat`.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    GATEHOUSE_BIND=0.0.0.0 \
    GATEHOUSE_DATA_DIR=/data

RUN useradd --system --uid 10001 --home-dir /srv/gatehouse gatehouse \
    && install --directory --owner gatehouse --mode 700 /data

WORKDIR /srv/gatehouse
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.txt
COPY . .
RUN python -m compileall -q apps config

USER gatehouse
VOLUME /data
EXPOSE 8000
# Stopping takes as long as running calls need, ten seconds at most, and then PostgreSQL's last
# checkpoint: give it time with `docker run --stop-timeout 60`.
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('GATEHOUSE_PORT', 8000)}/healthz\", timeout=5)"]
CMD ["python", "manage.py", "up"]
