# One image for web, worker and beat; PostgreSQL and Valkey run in their own containers (docker-compose.yml).
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TINYSITE_DATA=/data \
    TINYSITE_COLLECTED_STATIC=true

WORKDIR /srv/tinysite

COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt

COPY manage.py ./
COPY tinysite tinysite
COPY results results
COPY submissions submissions
COPY templates templates
COPY static static
COPY docs docs
# The key is needed to load the settings and used for nothing else; the running site gets its own.
RUN SECRET_KEY=collectstatic python manage.py collectstatic --noinput --verbosity 0

RUN useradd --system --uid 10001 tinysite \
    && install --directory --owner tinysite --group tinysite --mode 0700 /data
USER tinysite
VOLUME /data
EXPOSE 8000

CMD ["gunicorn", "tinysite.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
