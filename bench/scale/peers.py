"""What people would use instead, over the same rows: their tables, files and servers on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "bench" / ".venv"
WORKERS, THREADS = 2, 4

PLAIN = """
DROP SCHEMA IF EXISTS bench_plain CASCADE;
CREATE SCHEMA bench_plain;
SET search_path = bench_plain;
CREATE TABLE device (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, slug text UNIQUE, name text, device_class text);
CREATE TABLE submitter (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, slug text UNIQUE, name text);
CREATE TABLE round (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, slug text UNIQUE, name text);
INSERT INTO device (slug, name, device_class)
    SELECT device_slug, max(device_name), max(device_class) FROM public.results_leaderboardentry GROUP BY 1;
INSERT INTO submitter (slug, name)
    SELECT submitter_slug, max(submitter_name) FROM public.results_leaderboardentry GROUP BY 1;
INSERT INTO round (slug, name) SELECT DISTINCT round, round FROM public.results_leaderboardentry;
CREATE TABLE result AS SELECT
    e.run_id AS id, public_id, benchmark, division, r.id AS round_id, s.id AS submitter_id, d.id AS device_id,
    availability, provenance, system_label, variant, software, framework, deployment_style, precision, neural_model,
    clock_mhz, latency_ms, throughput_inf_per_s, energy_uj_per_inf, average_power_mw, supply_voltage_mv, energy_scope,
    quality_metric, quality_value, quality_margin, duplicate_of
    FROM public.results_leaderboardentry e JOIN device d ON d.slug = e.device_slug
    JOIN submitter s ON s.slug = e.submitter_slug JOIN round r ON r.slug = e.round;
ALTER TABLE result ADD PRIMARY KEY (id),
    ADD FOREIGN KEY (round_id) REFERENCES round, ADD FOREIGN KEY (submitter_id) REFERENCES submitter,
    ADD FOREIGN KEY (device_id) REFERENCES device;
CREATE INDEX ON result (round_id);
CREATE INDEX ON result (submitter_id);
CREATE INDEX ON result (device_id);
"""
COMPOSITE = """
CREATE INDEX result_by_latency ON bench_plain.result (benchmark, division, latency_ms, id);
CREATE INDEX result_by_energy ON bench_plain.result (benchmark, division, energy_uj_per_inf, id);
"""
"""What an indexed plain view gets on top of the indexes of its foreign keys."""


def make_plain_tables(url: str) -> None:
    """The normalised tables beside those of the site, with all of their indexes."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_plain.result')")
        if cursor.fetchone()[0] is not None:
            cursor.execute(
                "SELECT (SELECT count(*) FROM bench_plain.result), (SELECT count(*) FROM results_leaderboardentry)"
            )
            plain, own = cursor.fetchone()
            if plain == own:
                return
        cursor.execute(PLAIN + COMPOSITE)
    connection.close()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE bench_plain.result")
        cursor.execute("VACUUM ANALYZE results_leaderboardentry")
    connection.close()


def make_sqlite(url: str, path: Path) -> None:
    """The leaderboard entries with the same columns and indexes in a file for Datasette."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(run_id) FROM results_leaderboardentry")
        stamp = str(cursor.fetchone())
    with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(path)) as file:
        if file.execute("SELECT stamp FROM stamp").fetchone() == (stamp,):
            return
    path.unlink(missing_ok=True)
    file = sqlite3.connect(path)
    file.execute("PRAGMA journal_mode = OFF")
    with psycopg2.connect(url) as connection, connection.cursor("entries") as cursor:
        cursor.itersize = 20_000
        cursor.execute("SELECT * FROM results_leaderboardentry ORDER BY run_id")
        first = cursor.fetchmany(1)
        names = [column.name for column in cursor.description]
        kinds = {20: "INTEGER", 21: "INTEGER", 701: "REAL"}
        columns = ", ".join(
            f"{column.name} {kinds.get(column.type_code, 'TEXT')}{' PRIMARY KEY' if column.name == 'run_id' else ''}"
            for column in cursor.description
        )
        file.execute(f"CREATE TABLE entry ({columns})")
        marks = ", ".join("?" for _ in names)
        insert = f"INSERT INTO entry VALUES ({marks})"  # noqa: S608 - the names are those of the table
        rows = first
        while rows:
            file.executemany(insert, [[str(v) if isinstance(v, list) else v for v in row] for row in rows])
            rows = cursor.fetchmany(20_000)
    for name, index in (
        ("latency", "benchmark, latency_ms, run_id"), ("energy", "benchmark, energy_uj_per_inf, run_id"),
        ("power", "benchmark, average_power_mw, run_id"), ("quality", "benchmark, quality_value DESC, run_id"),
        ("device", "device_slug, benchmark"), ("round", "round, benchmark"), ("submitter", "submitter_slug"),
        # the site needs none of these; they are what helps Datasette with the filters that are measured
        ("division_latency", "benchmark, division, latency_ms, run_id"),
        ("division_energy", "benchmark, division, energy_uj_per_inf, run_id"),
    ):  # fmt: skip
        file.execute(f"CREATE INDEX entry_{name} ON entry ({index})")
    file.execute("ANALYZE")
    file.execute("CREATE TABLE stamp (stamp TEXT)")
    file.execute("INSERT INTO stamp VALUES (?)", [stamp])
    file.commit()
    file.close()


@contextmanager
def server(
    command: list[str], port: int, ready: str, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as the block lasts; it is there once ``ready`` is answered."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5).close()
                break
            except OSError as problem:
                if time.monotonic() > until or process.poll() is not None:
                    raise TimeoutError(f"{command[0]}: {problem}") from None
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def plain(port: int, url: str) -> contextmanager[subprocess.Popen[bytes]]:
    """The plain peer under the same server with as many processes and threads as the site."""
    command = [
        sys.executable, "-m", "gunicorn", "bench.scale.plain.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS), "--preload",
        "--no-control-socket", "--timeout", "300",
    ]  # fmt: skip
    return server(
        command, port, "/empty/", BENCH_DATABASE_URL=url, DJANGO_SETTINGS_MODULE="bench.scale.plain.settings"
    )


def datasette(port: int, path: Path) -> contextmanager[subprocess.Popen[bytes]]:
    """One Datasette process over the file; its limits are raised so that it answers everything that is asked."""
    settings = {
        "sql_time_limit_ms": 60_000, "facet_time_limit_ms": 60_000, "max_returned_rows": 100_100,
        "num_sql_threads": THREADS,
    }  # fmt: skip
    command = [str(VENV / "bin" / "datasette"), str(path), "-h", "127.0.0.1", "-p", str(port)]
    for name, value in settings.items():
        command += ["--setting", name, str(value)]
    return server(command, port, "/-/versions.json")


def nginx(port: int, folder: Path) -> contextmanager[subprocess.Popen[bytes]] | None:
    """nginx over files of ``folder``; None where it is not installed."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        return None
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;"
        f" fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;"
        f" server {{ listen 127.0.0.1:{port}; root {folder}/static; }} }}\n"
    )
    return server([program, "-c", str(configuration)], port, "/page.json")
