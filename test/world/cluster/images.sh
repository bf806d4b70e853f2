#!/bin/bash
# Builds and pushes every image the cluster needs to the local registry. Needs a running cluster (up.sh) and network to
# Debian and PyPI on the first run only (afterwards all comes from $CLUSTER_STATE/cache).
source "$(dirname "$0")/lib/env.sh"
C=$CLUSTER_STATE/cache; mkdir -p "$C"; PYTHON=${PYTHON:-python3.11}   # any CPython 3.11: wheels must fit the Debian 12 python3.11 of the image
img() { netns python3 "$HERE/lib/mkimage.py" --cache "$C/layers" "$@"; }
# --- pause: one static Go program
mkdir -p "$C/pause"; cp -p "$BIN/pause" "$C/pause/pause"
img $REGISTRY/pause:3.10 --layer "$C/pause:" --entrypoint '["/pause"]' --user 65535
# --- busybox
if [ ! -x "$C/busybox/bin/busybox" ]; then
  mkdir -p "$C/busybox"/{bin,tmp,etc}; cp /bin/busybox "$C/busybox/bin/busybox"; chmod 1777 "$C/busybox/tmp"
  for a in $(/bin/busybox --list); do [ "$a" = busybox ] || ln -sf busybox "$C/busybox/bin/$a"; done
  echo 'root:x:0:0:root:/:/bin/sh' >"$C/busybox/etc/passwd"
fi
img $REGISTRY/busybox:1.35 --cached-layer "$C/busybox:" --cmd '["/bin/sh"]'
[ "${1:-all}" = base ] && exit 0
# --- Python 3.11 root file system out of Debian packages (no debootstrap: only what CPython and wheels need)
if [ ! -e "$C/pyroot/.done" ]; then
  rm -rf "$C/pyroot" "$C/debs" "$C/layers"; mkdir -p "$C/pyroot" "$C/debs"
  for d in bin lib sbin; do mkdir -p "$C/pyroot/usr/$d"; ln -s usr/$d "$C/pyroot/$d"; done
  mkdir -p "$C/pyroot/usr/lib64"; ln -s usr/lib64 "$C/pyroot/lib64"
  ( cd "$C/debs"; apt-get -o APT::Sandbox::User=root download -qq libc6 libgcc-s1 libstdc++6 zlib1g libbz2-1.0 liblzma5 libssl3 libexpat1 libffi8 libcrypt1 \
      libuuid1 libsqlite3-0 libncursesw6 libtinfo6 libreadline8 libnsl2 libtirpc3 libdb5.3 libgomp1 libk5crypto3 libgssapi-krb5-2 libkrb5-3 libkrb5support0 libcom-err2 libkeyutils1 \
      python3.11-minimal python3.11 libpython3.11-minimal libpython3.11-stdlib python3-distutils media-types netbase tzdata busybox-static
    for d in *.deb; do dpkg-deb --fsys-tarfile "$d" | tar -x --keep-directory-symlink -C "$C/pyroot"; done )   # keeps /bin -> usr/bin
  ( cd "$C/pyroot"; rm -rf usr/share/{doc,man,locale,lintian,bug} usr/lib/python3.11/{test,idlelib,tkinter,lib2to3}
    for a in $(/bin/busybox --list); do [ -e "usr/bin/$a" ] || [ -e "bin/$a" ] || ln -s busybox "usr/bin/$a"; done
    ln -sf python3.11 usr/bin/python3; ln -sf python3.11 usr/bin/python
    mkdir -p -m 1777 tmp; mkdir -p etc app root proc sys dev; chmod 1777 tmp
    printf 'root:x:0:0:root:/root:/bin/sh\nseldon:x:8888:8888::/app:/bin/sh\n' >etc/passwd
    printf 'root:x:0:\nseldon:x:8888:\n' >etc/group; printf 'hosts: files dns\n' >etc/nsswitch.conf; touch .done )
fi
# What images of models are built on in the tests: Debian's own Python and nothing else.
img $REGISTRY/python:3.11 --cached-layer "$C/pyroot:" --env PYTHONDONTWRITEBYTECODE=1 --env PYTHONUNBUFFERED=1 --user 8888 --cmd '["/usr/bin/python3"]'
# --- seldon-core wrapper and scikit-learn, pinned by constraints.txt
if [ ! -e "$C/site/.done" ]; then
  rm -rf "$C/site" "$C/layers"
  "$PYTHON" -m venv "$C/venv"   # a clean pip: the host's own packages stay out of the resolver
  "$C/venv/bin/pip" install -q --no-compile --target "$C/site" -r "$HERE/model/requirements.txt" -c "$HERE/model/constraints.txt"
  find "$C/site" \( -name __pycache__ -o -name tests -o -name test \) -type d -prune -exec rm -rf {} +
  PYTHONPATH=$C/site PYTHONDONTWRITEBYTECODE=1 "$PYTHON" "$HERE/model/train.py" "$C/model.joblib"
  touch "$C/site/.done"
fi
for v in ${MODEL_VERSIONS:-1 2}; do
  mkdir -p "$C/model$v"; cp "$HERE"/model/{Fixed,Iris}Model.py "$C/model.joblib" "$C/model$v/"
  img $REGISTRY/model:$v --cached-layer "$C/pyroot:" --cached-layer "$C/site:/usr/local/lib/python3.11/dist-packages" --layer "$C/model$v:/app" \
    --env PYTHONPATH=/app --env PYTHONDONTWRITEBYTECODE=1 --env PYTHONUNBUFFERED=1 --env MODEL_NAME=${MODEL_CLASS:-FixedModel} --env SERVICE_TYPE=MODEL --env MODEL_VERSION=$v \
    --workdir /app --user 8888 --port 9000 --port 9500 --port 6000 \
    --cmd '["/bin/sh","-c","exec python3 -m seldon_core.microservice $MODEL_NAME --service-type $SERVICE_TYPE"]'
done
# --- own stand-ins for the prepackaged path: storage initializer, sklearn server, a file server with one model
mkdir -p "$C/init/app" "$C/sk/app" "$C/files/srv/iris/v1"
mkdir -p "$C/executor/app"; cp "$HERE/prepackaged/executor.py" "$C/executor/app/"
img $REGISTRY/executor:2 --cached-layer "$C/pyroot:" --layer "$C/executor:" --entrypoint '["python3","/app/executor.py"]' --user 8888 --port 8000
cp "$HERE/prepackaged/storage_initializer.py" "$C/init/app/"; cp "$HERE/prepackaged/SKLearnServer.py" "$C/sk/app/"
cp "$C/model.joblib" "$C/files/srv/iris/v1/"; echo model.joblib >"$C/files/srv/iris/v1/index.txt"
img $REGISTRY/storage-initializer:1 --cached-layer "$C/pyroot:" --layer "$C/init:" --entrypoint '["python3","/app/storage_initializer.py"]'
img $REGISTRY/sklearnserver:1 --cached-layer "$C/pyroot:" --cached-layer "$C/site:/usr/local/lib/python3.11/dist-packages" --layer "$C/sk:" \
  --env PYTHONPATH=/app --env PYTHONDONTWRITEBYTECODE=1 --env PYTHONUNBUFFERED=1 --env MODEL_NAME=SKLearnServer --env SERVICE_TYPE=MODEL \
  --workdir /app --user 8888 --port 9000 --cmd '["/bin/sh","-c","exec python3 -m seldon_core.microservice $MODEL_NAME --service-type $SERVICE_TYPE"]'
img $REGISTRY/models:1 --cached-layer "$C/busybox:" --layer "$C/files:" --cmd '["/bin/httpd","-f","-p","8080","-h","/srv"]'
