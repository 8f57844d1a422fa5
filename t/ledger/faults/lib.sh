# shellcheck shell=bash
# lib.sh: what the scripts of this folder share. Each script is one fault of the table in
# docs/reliability.md; it sources this file, defines about, strike and heal, and ends with `fault "$@"`:
#
#   NAME about    prints what it is, lines of key=value (see `facts`)
#   NAME strike   0: struck, and the fault is felt. 77: this machine can't, the reason is on stderr. Others: an error
#   NAME heal     undoes it; harmless when nothing was struck. Fails when it did not last until then
#
# What they print is kept in the history and the results. A fault of several forms says which are its `forms`; each
# strike takes the next as $form, beginning at one that SEED says, or the one that FORM names, and prints form=NAME.
#
# Environment of strike and heal: MAGPIE_DIR and MAGPIE_PORT as `./magpie up` has them, LEDGER_DIR (the
# run's folder: what a fault remembers lies in $LEDGER_DIR/faults/NAME), SEED (a number; variants and
# victims follow from it and from how often the fault has struck before).
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

name=${0##*/}
forms=()
form=''
# shellcheck disable=SC2034   # for those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)

# facts KEY=VALUE...: prints the keys and what they are unless said otherwise.
#   row       the row of the table
#   what      in words
#   hold      seconds from strike to heal
#   pause     seconds from heal to the next strike
#   level     everything is level again that many seconds after heal, at the latest
#   needs     what stage.sh must have prepared: netns tcp delay small clock failmalloc faults-build
#   client    strike and heal do nothing, the driver's clients do it between them. browser: people do to their tabs
#             what mischief.js knows; crowd: that of crowd.js comes, waits and goes
#   leave     yes: meanwhile clients leave around every answer
#   asleep    so many browsers sleep from before the strike until it is healed
#   failed    0: no send may be answered by anything but 200 and 201 meanwhile
#   forms     how many forms it has, where it has several; the script says which: forms=(NAME...)
#   p99       milliseconds below which 99 of 100 sends are answered meanwhile, but those of which
#             $LEDGER_DIR/except tells: one JSON object with "conversation" (the row of the table
#             conversation) or "user" (an id)
facts() {
    local -A fact=([row]='' [what]='' [hold]=0 [pause]=8 [level]=10 [needs]='' [client]='' [leave]='' [asleep]='' [failed]='' [p99]='')
    local word
    ((${#forms[@]} == 0)) || fact[forms]=$([[ -n ${FORM:-} ]] && echo 1 || echo ${#forms[@]})
    for word in "$@"; do fact[${word%%=*}]=${word#*=}; done
    for word in row what hold pause level needs client leave asleep failed p99 forms; do
        [[ -z ${fact[$word]:-} && $word != needs ]] || printf '%s=%s\n' "$word" "${fact[$word]}"
    done
}

# The longest that a poll of this run may be held: what only its end repairs takes as long.
poll_hold() {
    local word hold=25
    for word in ${MAGPIE_SET:-}; do
        [[ $word != receive.hold=* ]] || hold=${word#*=}
    done
    printf '%s' "$hold"
}

say() { printf '%s: %s\n' "$name" "$*"; }
cant() {
    printf "this machine can't: %s\n" "$*" >&2
    exit 77
}
fail() {
    printf '%s: %s\n' "$name" "$*" >&2
    exit 1
}

# ---- the running copy --------------------------------------------------------------------------

# wait_until SECONDS COMMAND...
wait_until() {
    local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    shift
    until "$@"; do
        ((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
        sleep 0.05
    done
}

# The process id of postgres, redis, nginx, worker-1…, once there is one.
has_pid() { [[ -s $MAGPIE_DIR/run/$1.pid ]] && kill -0 "$(<"$MAGPIE_DIR/run/$1.pid")" 2>/dev/null; }
pid_of() {
    wait_until 10 has_pid "$1" 2>/dev/null || fail "$1 doesn't run"
    printf '%s' "$(<"$MAGPIE_DIR/run/$1.pid")"
}
another_pid() { has_pid "$1" && [[ $(<"$MAGPIE_DIR/run/$1.pid") != "$2" ]]; }

workers() {
    local count
    count=$(<"$MAGPIE_DIR/run/workers")
    seq -f 'worker-%g' "$count"
}

one_worker() {
    local all
    mapfile -t all < <(workers)
    one_of "${all[@]}"
}

# A process by which it is known even when its number is another's: its start in clock ticks.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

redis() { timeout 3 redis-cli -s "$MAGPIE_DIR/run/redis.sock" "$@"; }
redis_answers() { [[ $(redis ping 2>/dev/null) == PONG ]]; }
sql() {
    PGOPTIONS='-c search_path=magpie' PGCONNECT_TIMEOUT=3 timeout "${sql_seconds:-10}" \
        psql -X -q -At -h "$MAGPIE_DIR/run" -p 5432 -U magpie_owner -d magpie "$@"
}

# hit SIGNAL NAME: a signal for a process of the copy.
hit() {
    local pid
    pid=$(pid_of "$2")
    kill -"$1" "$pid"
    say "$2 (process $pid) got SIG$1"
}

# hits SIGNAL NAME WHAT...: the whole of a fault that is one signal for NAME; what follows are its facts.
# shellcheck disable=SC2317 # called by fault
hits() {
    hits_signal=$1 hits_name=$2 hits_facts=("${@:3}")
    about() { facts "${hits_facts[@]}"; }
    strike() { hit "$hits_signal" "$hits_name"; }
    heal() { :; }
}

# ---- chance, memory, helpers -------------------------------------------------------------------

# one_of WORD...: one of them, the next at each strike, beginning at one that SEED says.
one_of() {
    local index=$(((${SEED:-0} + $(round)) % $#))
    shift "$index"
    printf '%s' "$1"
}
# any_of WORD...: one of them by chance, but always the same for a SEED and a strike.
any_of() {
    RANDOM=$(((${SEED:-0} * 7919 + $(round) * 104729) % 32768))
    local index=$((RANDOM + RANDOM))
    shift $((index % $#))
    printf '%s' "$1"
}
round() { cat "$memory/round" 2>/dev/null || printf 0; }

# remember KEY VALUE, recall KEY: from strike to heal.
remember() { printf '%s\n' "$2" >"$memory/$1"; }
recall() { cat "$memory/$1" 2>/dev/null || true; }

# meanwhile COMMAND...: runs it in the background; end_helpers ends it.
meanwhile() {
    set -m                    # a group of its own, so that what it started ends with it
    "$@" </dev/null >>"$memory/log" 2>&1 &
    set +m
    printf '%s %s\n' "$!" "$(born "$!")" >>"$memory/helpers"
}
end_helpers() {
    local pid birth
    [[ -e $memory/helpers ]] || return 0
    while read -r pid birth; do
        [[ -z $birth || $(born "$pid") != "$birth" ]] || kill -- "-$pid" 2>/dev/null || true
    done <"$memory/helpers"
    rm -f "$memory/helpers"
}

# every SECONDS FOR COMMAND...: again and again, whatever it says, for that long at most.
every() {
    local pause=$1 deadline=$((SECONDS + $2))
    shift 2
    while ((SECONDS < deadline)); do
        "$@" || true
        sleep "$pause"
    done
}

# ---- the verbs ---------------------------------------------------------------------------------

staged() { [[ " $(cat "${LEDGER_DIR:-/nonexistent}/stage/ready" 2>/dev/null) " == *" $1 "* ]]; }

why_not() { # WORD: why stage.sh hasn't prepared it
    local why
    # shellcheck source=t/ledger/stage.sh
    why=$(source "$root/t/ledger/stage.sh" && stage_lacks "$1")
    printf '%s' "${why:-it was not asked for when the run was started}"
}

begin() {
    local word needs
    : "${MAGPIE_DIR:?}" "${LEDGER_DIR:?}"
    needs=$(about | sed -n 's/^needs=//p')
    for word in $needs; do
        staged "$word" || cant "$word: $(why_not "$word")"
    done
    mkdir -p "$memory"
    : >"$memory/struck"
}

fault() {
    memory=${LEDGER_DIR:-/nonexistent}/faults/$name
    case ${1:-} in
    about) about ;;
    strike)
        begin
        if ((${#forms[@]})); then
            form=${FORM:-$(one_of "${forms[@]}")}
            [[ " ${forms[*]} " == *" $form "* ]] || fail "there is no form \"$form\", only ${forms[*]}"
            printf 'form=%s\n' "$form"
        fi
        strike
        printf '%s\n' "$(($(round) + 1))" >"$memory/round"
        ;;
    heal)
        [[ -e $memory/struck ]] || exit 0
        rm -f "$memory/struck"
        heal
        ;;
    *)
        printf 'usage: %s about|strike|heal\n' "$name" >&2
        exit 2
        ;;
    esac
}
