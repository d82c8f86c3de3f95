#!/usr/bin/env bash
# Builds every kustomization and holds each object to the schema that its server would hold it to, and stricter: a field
# that nobody knows is an error. Tools and schemas come as Go modules at fixed versions and are kept outside the repository.
# Needs Go and Node. Usage: scripts/check-manifests.sh
set -euo pipefail
cd "$(dirname "$0")/.."

kustomize=v5.8.2
kubeconform=v0.7.0
controller_gen=v0.18.0
kubernetes=k8s.io/kubernetes@v1.34.1
kyverno=github.com/kyverno/kyverno@v1.19.0
argo_cd=github.com/argoproj/argo-cd/v3@v3.2.0
prometheus_operator=github.com/prometheus-operator/prometheus-operator@v0.85.0
chaos_mesh=github.com/chaos-mesh/chaos-mesh/api@v0.0.0-20260906172039-d70b66ad97ac

version=$(printf '%s' "$kustomize $kubeconform $controller_gen $kubernetes $kyverno $argo_cd $prometheus_operator $chaos_mesh" |
  cat - scripts/manifest-schemas.mjs | sha256sum | cut -c 1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ai4all-sre/manifests-$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

module() { go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'; }

# Chaos Mesh publishes its definitions only as Go types, so they are generated as upstream does it.
chaos_mesh_definitions() {
  cp -r "$(module "$chaos_mesh")" "$work/chaos-mesh"
  chmod -R u+w "$work/chaos-mesh"
  (cd "$work/chaos-mesh" && "$cache/bin/controller-gen" crd paths=./v1alpha1/... output:crd:dir="$work/chaos-mesh-crds")
}

fetch() {
  mkdir -p "$cache/bin"
  GOFLAGS='' GOBIN="$cache/bin" go install "sigs.k8s.io/kustomize/kustomize/v5@$kustomize"
  GOFLAGS='' GOBIN="$cache/bin" go install "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform"
  GOFLAGS='' GOBIN="$cache/bin" go install "sigs.k8s.io/controller-tools/cmd/controller-gen@$controller_gen"
  chaos_mesh_definitions
  node scripts/manifest-schemas.mjs "$work/schemas" \
    "$(module "$kubernetes")/api/openapi-spec/swagger.json" \
    "$(module "$kyverno")/config/crds" \
    "$(module "$argo_cd")/manifests/crds" \
    "$(module "$prometheus_operator")/example/prometheus-operator-crd" \
    "$work/chaos-mesh-crds"
  rm -rf "$cache/schemas"
  mv "$work/schemas" "$cache/schemas"
}

[ -d "$cache/schemas" ] || fetch

# The secrets are built from their examples: the shape is checked, the values are the operator's.
cp -r manifests "$work/manifests"
for example in "$work"/manifests/secrets/*.env.example; do cp "$example" "${example%.example}"; done

# Linkerd's definitions are no Go module; our own strict shapes stand in for them.
validate() {
  "$cache/bin/kubeconform" -strict -summary \
    -schema-location "$cache/schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json" \
    -schema-location 'test/manifests/shapes/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json' "$@"
}

find "$work/manifests" -name kustomization.yaml -printf '%h\n' | sort | while read -r folder; do
  printf '%s: ' "${folder#"$work/"}"
  "$cache/bin/kustomize" build "$folder" > "$work/built.yaml"
  validate "$work/built.yaml"
done
# The experiments are templates for the bot and belong to no kustomization.
printf 'manifests/chaos-mesh: '
validate manifests/chaos-mesh
