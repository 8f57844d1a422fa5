# shellcheck shell=bash
# stage.sh: what a run of the ledger must have around it, so that faults can strike; sourced by `run`.
#
#   stage_possible NEEDS...            prints those of the words that this machine allows, and says why it
#                                      doesn't allow the others ("this machine can't: ...")
#   stage_enter NEEDS... [-- COMMAND...]   goes on inside what they need: executes COMMAND (this script, when left
#                                      out) again in namespaces of its own, and does nothing the second
#                                      time. Exits with 77 when the machine can't.
#   stage_env NEEDS...                 prepares, and exports what `./magpie up` is to be started with. LEDGER_DIR
#                                      and MAGPIE_DIR must be set (and be the same folders at `up`).
#   stage_leave                        keeps what lies on disks that end with the run
#
# The words, as the faults' `about` has them:
#   root          nothing but being root
#   netns         a network of its own, with lo alone
#   tcp           the workers reach Redis and PostgreSQL over TCP, at the ports noted in stage/*.port
#   delay         links can be made slow: stage/delay on|off
#   small         small file systems for PostgreSQL's data and its log, and for log/
#   clock         the servers' clocks can be set: stage/clock-workers, stage/clock-redis, postgres/clock
#   failmalloc    a worker's malloc can fail: stage/malloc
#   faults-build  a build with fault points: they read stage/fault-point

stage_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
stage_self=$stage_root/t/ledger/stage
PATH=$PATH:/usr/sbin:/sbin

# ---- what the machine allows -------------------------------------------------------------------

# Prints why this machine can't; nothing when it can.
stage_lacks() { # WORD
    case $1 in
    root) ((EUID == 0)) || printf 'one must be root' ;;
    netns) stage_lacks_namespace --net || stage_lacks_program ip iproute2 ;;
    tcp) stage_lacks netns; stage_lacks_program nft nftables ;;
    delay) stage_lacks netns; stage_lacks_delay ;;
    small) stage_lacks_namespace --mount || stage_lacks_program mountpoint util-linux ;;
    clock | failmalloc) stage_lacks_program cc gcc; stage_lacks_preload ;;
    faults-build) grep -q enable-faults "$stage_root/configure.ac" || printf 'configure knows no --enable-faults' ;;
    *) printf 'nobody knows "%s"' "$1" ;;
    esac
}
# True when something was lacking, and said.
stage_lacks_namespace() { # --net|--mount
    if ((EUID != 0)); then
        printf 'one must be root'
    elif ! unshare "$1" true 2>/dev/null; then
        printf 'unshare %s is not allowed' "$1"
    else
        return 1
    fi
}
stage_lacks_program() { command -v "$1" >/dev/null || printf '%s is missing (package %s)' "$1" "$2"; }
stage_lacks_preload() {
    [[ -z ${MAGPIE_BUILD:-} ]] || ! grep -q __asan_init "$MAGPIE_BUILD/magpie-worker" 2>/dev/null ||
        printf 'nothing can be preloaded into a build with sanitizers'
}
stage_lacks_delay() {
    # shellcheck disable=SC2016
    unshare --net sh -c 'ip link set lo up && tc qdisc add dev lo root netem delay 1ms' 2>/dev/null && return
    command -v iptables >/dev/null || {
        printf 'the kernel has no netem, and iptables is missing (package iptables)'
        return
    }
    unshare --net iptables -A INPUT -i lo -p tcp -m multiport --dports 1 -j NFQUEUE --queue-num 16 --queue-bypass 2>/dev/null ||
        printf 'the kernel has neither netem nor NFQUEUE'
}

stage_possible() {
    local word why
    for word in "$@"; do
        why=$(stage_lacks "$word")
        if [[ -n $why ]]; then
            printf "this machine can't: %s: %s\n" "$word" "$why" >&2
        else
            printf '%s ' "$word"
        fi
    done
}

# ---- namespaces --------------------------------------------------------------------------------

stage_enter() {
    local needs=() options=() why word
    while (($#)) && [[ $1 != -- ]]; do
        needs+=("$1")
        shift
    done
    shift $(($# > 0))
    for word in "${needs[@]}"; do
        why=$(stage_lacks "$word")
        [[ -z $why ]] || {
            printf "this machine can't: %s: %s\n" "$word" "$why" >&2
            exit 77
        }
    done
    [[ " ${needs[*]} " != *" netns "* ]] || options+=(--net)
    [[ " ${needs[*]} " != *" small "* ]] || options+=(--mount --propagation private)
    if [[ -n ${MAGPIE_STAGE_ENTERED:-} ]]; then
        [[ " ${options[*]} " != *" --net "* ]] || ip link set lo up
        return 0
    fi
    ((${#options[@]})) || return 0
    (($#)) || set -- "$0"
    MAGPIE_STAGE_ENTERED=yes exec unshare "${options[@]}" -- "$@"
}

# ---- what `up` is started with -----------------------------------------------------------------

stage_env() {
    : "${LEDGER_DIR:?}" "${MAGPIE_DIR:?}"
    local word
    export MAGPIE_STAGE=$LEDGER_DIR/stage MAGPIE_SETSID
    MAGPIE_SETSID=$(command -v setsid)
    mkdir -p "$MAGPIE_STAGE/bin" "$MAGPIE_DIR"
    cp "$stage_self/setsid" "$MAGPIE_STAGE/bin/"
    rm -f "$MAGPIE_STAGE"/{magpie-worker,redis-server,postgres,version}
    # Which version of the worker is started, see deploy.
    # shellcheck disable=SC2016
    stage_before magpie-worker '[[ ! -s $MAGPIE_STAGE/version ]] ||
    for i in "${!command[@]}"; do
        [[ ${command[i]} != */magpie-worker ]] || command[i]=$(<"$MAGPIE_STAGE/version")
    done'
    for word in "$@"; do
        case $word in
        root | netns) ;;
        *) "stage_${word//-/_}" ;;
        esac
    done
    printf 'shim %s\n' "$*" >"$MAGPIE_STAGE/ready"
    export PATH=$MAGPIE_STAGE/bin:$PATH
}

# stage_before PROGRAM LINES: what is done before that program is started.
stage_before() { printf '%s\n' "$2" >>"$MAGPIE_STAGE/$1"; }
stage_compile() { cc -D_GNU_SOURCE -O1 -Wall -o "$MAGPIE_STAGE/$1" "${@:2}"; }

stage_tcp() {
    local redis=6379 postgres=5432
    printf '%s\n' "$redis" >"$MAGPIE_STAGE/redis.port"
    printf '%s\n' "$postgres" >"$MAGPIE_STAGE/postgres.port"
    stage_before redis-server "command+=(--port $redis --bind 127.0.0.1)"
    export MAGPIE_POSTGRES="${MAGPIE_POSTGRES:-} -c listen_addresses=127.0.0.1"
    export MAGPIE_SET="${MAGPIE_SET:-} redis.address=127.0.0.1:$redis"
    MAGPIE_SET+=" db.conninfo=postgresql://magpie_worker@127.0.0.1:$postgres/magpie"
}

stage_delay() {
    stage_compile slowlink "$stage_self/slowlink.c"
    cp "$stage_self/delay" "$MAGPIE_STAGE/"
}

# PostgreSQL's own are mounted when it starts first, over what initdb has made. Segments aren't kept for later use,
# so that a full disk is felt with the next one.
stage_small() {
    mkdir -p "$MAGPIE_DIR/log"
    mount -t tmpfs -o size=96m,mode=755 ledger "$MAGPIE_DIR/log"
    # shellcheck disable=SC2016
    stage_before postgres 'small() { # FOLDER SIZE
    local new=$MAGPIE_STAGE/new-disk
    ! mountpoint -q "$1" || return 0
    mkdir -p "$new"
    mount -t tmpfs -o "size=$2,mode=700" ledger "$new"
    chown --reference="$1" "$new"
    cp -a "$1/." "$new"
    mount --move "$new" "$1"
}
small "$MAGPIE_DIR/postgres/base" 256m
small "$MAGPIE_DIR/postgres/pg_wal" 64m'
    export MAGPIE_POSTGRES="${MAGPIE_POSTGRES:-} -c max_wal_size=16MB -c min_wal_size=8MB -c wal_recycle=off"
}

# PostgreSQL's user may be able to reach nothing but the data folder, which is descriptor 9; see magpie.
stage_clock() {
    local whose
    stage_compile clock.so -shared -fPIC "$stage_self/clock.c"
    for whose in workers redis; do head -c 8 /dev/zero >"$MAGPIE_STAGE/clock-$whose"; done
    # shellcheck disable=SC2016
    {
        stage_before magpie-worker 'export MAGPIE_CLOCK_FILE=$MAGPIE_STAGE/clock-workers'
        stage_before redis-server 'export MAGPIE_CLOCK_FILE=$MAGPIE_STAGE/clock-redis'
        for whose in magpie-worker redis-server; do
            stage_before "$whose" 'export LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}$MAGPIE_STAGE/clock.so'
        done
        stage_before postgres '[[ -e $MAGPIE_DIR/postgres/clock ]] || head -c 8 /dev/zero >"$MAGPIE_DIR/postgres/clock"
cp "$MAGPIE_STAGE/clock.so" "$MAGPIE_DIR/postgres/"
chmod 644 "$MAGPIE_DIR"/postgres/clock{,.so}
export LD_PRELOAD=/proc/self/fd/9/clock.so MAGPIE_CLOCK_FILE=/proc/self/fd/9/clock'
    }
}

stage_failmalloc() {
    stage_compile failmalloc.so -shared -fPIC "$stage_self/failmalloc.c"
    head -c 8 /dev/zero >"$MAGPIE_STAGE/malloc"
    # shellcheck disable=SC2016
    stage_before magpie-worker 'export LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}$MAGPIE_STAGE/failmalloc.so
export MAGPIE_MALLOC_FILE=$MAGPIE_STAGE/malloc'
}

stage_faults_build() {
    export MAGPIE_FAULT_FILE=$MAGPIE_STAGE/fault-point
    # The build that was asked for, if it has them.
    [[ -n ${MAGPIE_BUILD:-} ]] && grep -q after-first-push "$MAGPIE_BUILD/magpie-worker" && return
    MAGPIE_DIR=$stage_root/var "$stage_root/magpie" build faults
    export MAGPIE_BUILD=$stage_root/var/build-faults
}

stage_leave() {
    local folder
    mkdir -p "$LEDGER_DIR/log"
    ! mountpoint -q "$MAGPIE_DIR/log" 2>/dev/null || cp "$MAGPIE_DIR"/log/* "$LEDGER_DIR/log/"
    for folder in log postgres/base postgres/pg_wal; do
        ! mountpoint -q "$MAGPIE_DIR/$folder" 2>/dev/null || umount -l "$MAGPIE_DIR/$folder"
    done
}
