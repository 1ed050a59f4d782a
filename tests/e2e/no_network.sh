#!/usr/bin/env bash
# The whole demonstration where there is no network at all, every system call about sockets watched: nobody asks for
# one of the internet.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

[[ -x $(command -v strace) ]] || skip 'no strace'
alone=(unshare --net)
"${alone[@]}" true 2>/dev/null || alone=(unshare --map-root-user --net)
"${alone[@]}" true 2>/dev/null || skip 'this kernel gives no empty network namespace'
watched() { "${alone[@]}" strace -f -qq --seccomp-bpf -e trace=%network -o "$1" "${@:2}"; }
watched probe true 2>/dev/null || skip 'strace may not trace here'

# The watch sees what it is for.
asking='import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM); socket.socket(socket.AF_INET6)'
expect 0 watched control /usr/bin/python3 -c "${asking}"
same 'sockets that the control asked for' 2 "$(grep -cE 'socket\(AF_INET6?,' control)"

expect 0 watched calls bash "${tests}/e2e/demonstration.sh"
same 'internet sockets' '' "$(grep -E 'AF_INET|AF_NETLINK|AF_PACKET' calls)"
printf '%s calls about sockets watched, none of the internet\n' "$(grep -c . calls)"
verdict
