# shellcheck shell=bash disable=SC2034,SC2154
# Shared by app/run and tests/run: packages, configuring, building. Sourced by bash.
# All that it says goes to stderr.

program_packages=(
    cmake ninja-build g++ pkg-config zlib1g-dev
    libimgui-dev libstb-dev libglfw3-dev libspdlog-dev libcli11-dev nlohmann-json3-dev python3-glad
    libegl-dev libgl1 libegl1 libgl1-mesa-dri libglx-mesa0 libegl-mesa0
    fonts-inter fonts-jetbrains-mono fonts-dejavu-core fonts-fork-awesome fonts-droid-fallback
)
test_packages=(
    libgtest-dev libbenchmark-dev clang libclang-rt-14-dev
    xvfb xauth xdotool x11-utils imagemagick python3 python3-xlib
)

say() { printf '%s: %s\n' "$script" "$*" >&2; }
fail() { say "$*"; exit 1; }

install_missing() {
    if ! command -v dpkg-query >/dev/null; then
        local tool
        for tool in cmake ninja pkg-config "${CXX:-c++}"; do
            command -v "${tool%% *}" >/dev/null ||
                fail "$tool is missing and this is not Debian; install the counterparts of: $*"
        done
        return # CMake names whatever else is missing
    fi
    local -A installed=()
    local package status
    while read -r package status; do
        [[ $status == installed ]] && installed[$package]=1
    done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
    local missing=()
    for package in "$@"; do
        [[ -n ${installed[$package]-} ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    command -v apt-get >/dev/null || fail "apt-get is not here; install these packages: ${missing[*]}"
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "needs root to install packages and there is no sudo; as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120)
    "${apt[@]}" update </dev/null >&2 || say "apt-get update failed; trying with the lists that are here"
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >&2 ||
        fail "apt-get could not install: ${missing[*]}"
}

cached() { # cached FOLDER NAME: a value from its CMakeCache.txt
    sed -n "s/^$2:[^=]*=//p" "$1/CMakeCache.txt" 2>/dev/null
}

same_compiler() { # same_compiler FOLDER: was it configured for what CXX names, if it names one
    [[ -z ${CXX-} ]] && return 0
    local wanted
    wanted=$(command -v "${CXX%% *}") || fail "CXX is $CXX, which is not there"
    [[ $(cached "$1" CMAKE_CXX_COMPILER) -ef $wanted ]]
}

# configure PRESET [always] [CMAKE ARGUMENTS...]: without "always" only when the build folder is not ready.
configure() {
    local preset=$1 folder=build/$1 always=0 fresh=() output
    shift
    if [[ ${1-} == always ]]; then
        always=1
        shift
    fi
    { mkdir -p "$folder" && : >"$folder/.writable"; } 2>/dev/null || fail "cannot write to $PWD/$folder"
    rm -f "$folder/.writable"
    local honours_cxx=0
    [[ $preset == release || $preset == debug ]] && honours_cxx=1 # the others name their compiler
    if [[ -e $folder/CMakeCache.txt ]]; then
        if [[ ! -e $folder/build.ninja || ! $(cached "$folder" CMAKE_HOME_DIRECTORY) -ef . ]] ||
            { ((honours_cxx)) && ! same_compiler "$folder"; }; then
            fresh=(--fresh)
        elif ((!always)); then
            return 0
        fi
    fi
    say "configuring $folder"
    if ! output=$(cmake "${fresh[@]}" --preset "$preset" "$@" 2>&1); then
        rm -f "$folder/CMakeCache.txt"
        local reason
        reason=$(sed -n 's/^ *\(Tricolour needs .*\)/\1/p' <<<"$output" | head -n 1)
        [[ -n $reason ]] && fail "$reason"
        printf '%s\n' "$output" >&2
        fail "cmake could not configure $folder (above)"
    fi
}

# build PRESET [TARGET]: nothing is said when nothing is to do; on a terminal progress stays on one line.
build() {
    local line shown=0 status=0
    while IFS= read -r line; do
        case $line in
        "ninja: no work to do."* | "ninja: Entering"* | *"Re-checking globbed directories"* | "-- "*) ;;
        "["*)
            if [[ -t 2 ]]; then
                printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" >&2
                shown=1
            else
                printf '%s\n' "$line" >&2
            fi
            ;;
        *)
            ((shown)) && printf '\n' >&2
            shown=0
            printf '%s\n' "$line" >&2
            ;;
        esac
    done < <(
        [[ -t 2 ]] && export CLICOLOR_FORCE=1
        exec ninja -C "build/$1" ${2+"$2"} 2>&1
    )
    wait "$!" || status=$?
    ((shown)) && printf '\r\033[K' >&2
    ((status == 0)) || fail "build/$1 could not be built (above)"
}
