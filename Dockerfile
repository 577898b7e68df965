# The function as a container: `docker run -p 8080:8080 IMAGE` serves it, `docker run IMAGE --cli --gender ...` scores one
# customer as the original did. In production name the base image by its digest: --build-arg BASE=python:3.13-slim@sha256:...
ARG BASE=python:3.13-slim
FROM ${BASE}

# HOME is where gunicorn puts a socket of its own; the user below has no other folder to write to.
ENV HOME=/tmp HOST=0.0.0.0 PORT=8080 PYTHONUNBUFFERED=1
WORKDIR /app

COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

# What .dockerignore lets through. Compiled here, since the user below may not write.
COPY . ./
RUN python -m compileall -q .

USER 65532:65532
EXPOSE 8080

# http.client, because urllib would ask a proxy for it where one is set.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", \
    "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]

# Hands over to `functions-framework --target predict`, the command that Google's build starts.
ENTRYPOINT ["python", "main.py"]
