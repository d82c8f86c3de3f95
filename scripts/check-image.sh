#!/usr/bin/env bash
# Carries out the Dockerfile's own steps without Docker, and lets the result walk one incident from alert to post-mortem: as
# an unprivileged user, with everything read-only but DATA_DIR and /tmp. Debian's packages must be installed (README).
# Needs root, for the read-only mount and for the other user. Usage: scripts/check-image.sh
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
# Not below /tmp, which is empty and its own for the bot.
work=$(mktemp -d -p /var/tmp)
trap 'rm -rf "$work"' EXIT

# The instructions of one stage, continued lines joined and comments left out.
stage() {
  sed -e '/^ *#/d' -e ':join' -e '/\\$/ { N; s/\\\n//; b join' -e '}' Dockerfile |
    awk -v name="$1" '$1 == "FROM" { here = ($NF == name) } here && $1 != "FROM"'
}

# COPY, ENV and npm's RUN are carried out; Debian's packages and the user are the machine's business.
build() {
  local name=$1 folder=$work/$1
  mkdir -p "$folder"
  stage "$name" > "$work/$name.steps"
  while read -r instruction rest; do
    case "$instruction $rest" in
      'COPY --from='*)
        local from=${rest#--from=}
        local source=$work/${from%% *}
        set -- ${from#* }
        mkdir -p "$folder/$2" && cp -r "$source/${1#/app/}/." "$folder/$2" ;;
      'COPY '*)
        set -- $rest
        local target=${*: -1}
        for path in "${@:1:$#-1}"; do
          if [ -d "$path" ]; then mkdir -p "$folder/$target" && cp -r "$path/." "$folder/$target"
          elif [ "${target%/}" != "$target" ]; then mkdir -p "$folder/$target" && cp "$path" "$folder/$target"
          else cp "$path" "$folder/$target"; fi
        done
        # As .dockerignore leaves it out of the context.
        rm -rf "$folder/src/lab" "$folder/src/demo" "$folder/src/demo.ts" "$folder/src/drill" "$folder/src/drill.ts" ;;
      'ENV '*) [ "$name" = image ] || export ${rest?} ;;
      # The repository's own packages are what this would install once more.
      'RUN npm ci --ignore-scripts'*) ln -s "$root/node_modules" "$folder/node_modules" ;;
      'RUN npm '*) (cd "$folder" && eval "$rest") </dev/null ;;
    esac
  done < "$work/$name.steps"
}

printf 'dependencies\n' && build dependencies
printf 'build\n' && (unset REQUIRE_FAISS FAISS_NODE_BUILD && build build)
printf 'image\n' && build image
chmod -R a+rX,a-w "$work/image" && chmod a+rx "$work"
du -sh "$work/image"

"$root/node_modules/.bin/tsx" test/image/walk.ts "$work/image"
chmod -R u+w "$work"
