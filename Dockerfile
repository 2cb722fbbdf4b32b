# Easel for your own Discord server, on your own GPU.
#
#   docker build -t easel .
#   docker run --gpus all --stop-timeout 45 --env DISCORD_TOKEN --volume easel-data:/data easel
#
# On Linux the pinned torch installs its CUDA build, which needs nothing of the host but the NVIDIA driver and
# container toolkit. Without a GPU the same image runs on the CPU.

FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/easel
ENV PATH=/opt/easel/bin:$PATH
WORKDIR /src
# The heavy layer depends on the pins alone, so a change of Easel's code does not download torch again.
COPY constraints.txt ./
RUN pip install --constraint constraints.txt torch numpy diffusers transformers accelerate
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY inference ./inference
RUN pip install --constraint constraints.txt .

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 easel \
 && install --directory --owner easel --group easel /data /models
COPY --from=build /opt/easel /opt/easel
ENV PATH=/opt/easel/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EASEL_STORAGE__FOLDER=/data \
    HF_HOME=/models/hub
USER easel
WORKDIR /home/easel
VOLUME ["/data", "/models"]
# The bot touches this file every ten seconds while it is connected to Discord.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD test -n "$(find /data/heartbeat -mmin -1 2>/dev/null)"
STOPSIGNAL SIGTERM
ENTRYPOINT ["easel", "run"]
