#!/usr/bin/env bash
# Installs the real mail servers and clients that test/peers/ talks to. Debian or Ubuntu, as root, and only when asked
# (`npm run peers`): a postmaster's own machine runs a live mail server that must not be touched.
#
# Postfix comes as a package, because it insists on its own user; nothing is left running. The other four conflict with
# it as packages, or would leave a daemon running, so they are only unpacked into a folder of their own and run from there.
set -euo pipefail

# Not in the checkout, which may lie in root's home: servers that drop their privileges must come to their own programs.
cache=${FLOODGATE_PEERS:-/var/cache/floodgate-peers}
umask 022
packages=(postfix clamav-daemon chromium swaks libnet-dns-perl libnet-ssleay-perl libio-socket-inet6-perl nmap iproute2 nftables ipset iptables bind9-utils rbldnsd exabgp zsh netcat-openbsd curl openssl gsasl xz-utils systemd)
guard=/usr/sbin/policy-rc.d
guard_is_ours=no

say() { printf 'peers: %s\n' "$*"; }
fail() { printf 'peers: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "needs root, because it installs packages"
command -v apt-get >/dev/null || fail "needs apt-get (Debian or Ubuntu)"

installed() { dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# Package lists are fetched at most once, and only when something is missing.
lists_are_fresh=no
refresh_lists() {
  [ $lists_are_fresh = yes ] && return
  say "fetching the package lists"
  apt-get update -qq
  lists_are_fresh=yes
}

# While packages are being configured no service may start: port 25 of this machine is not ours.
raise_guard() {
  [ -e $guard ] && return
  printf '#!/bin/sh\nexit 101\n' >$guard
  chmod 755 $guard
  guard_is_ours=yes
}
drop_guard() { if [ $guard_is_ours = yes ]; then rm -f $guard; fi; }
trap drop_guard EXIT

install_packages() {
  local missing=() had_postfix=no
  for name in "${packages[@]}"; do installed "$name" || missing+=("$name"); done
  installed postfix && had_postfix=yes
  if [ ${#missing[@]} = 0 ]; then say "already installed: ${packages[*]}"; return; fi
  refresh_lists
  say "installing: ${missing[*]}"
  raise_guard
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  # A Postfix that was here before belongs to the postmaster and stays as it is; one that we brought stays silent.
  if [ $had_postfix = no ]; then
    if [ -d /run/systemd/system ]; then systemctl disable --now postfix >/dev/null 2>&1 || true; fi
    postfix stop >/dev/null 2>&1 || true
  fi
}

# unpack FOLDER PACKAGE...: downloads and unpacks without installing. dpkg -x runs no maintainer script.
unpack() {
  local folder=$cache/$1 deb
  shift
  mkdir -p "$cache/deb/$folder_name"
  (cd "$cache/deb/$folder_name" && rm -f ./*.deb && apt-get download -qq "$@" 2>/dev/null) || fail "cannot download $*"
  mkdir -p "$folder"
  for deb in "$cache/deb/$folder_name"/*.deb; do dpkg -x "$deb" "$folder"; done
  chmod -R u-s,g-s "$folder" # nothing in a cache folder needs to be set-uid
}

# Dovecot keeps libraries of its own beside its programs.
library_path() { printf '%s' "$cache/$1/usr/lib/$(uname -m)-linux-gnu:$cache/$1/lib/$(uname -m)-linux-gnu:$cache/$1/usr/lib/dovecot:$cache/$1/usr/lib/dovecot/modules/old-stats"; }
missing_libraries() { LD_LIBRARY_PATH=$(library_path "$1") ldd "$cache/$1/$2" 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p'; }
lacks_libraries() { [ -n "$(missing_libraries "$1" "$2")" ]; }

# The libraries that a package depends on by itself.
libraries_of() {
  apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$1" |
    sed -n 's/^ *Depends: \(lib[a-z0-9.+-]*\).*/\1/p'
}

# fetch FOLDER BINARY PACKAGE...: unpacks, then adds the libraries the binary still lacks: those of its package first, then those of these.
fetch() {
  local folder_name=$1 binary=$2 main=$3 seen=' ' wanted next
  shift 2
  if [ -x "$cache/$folder_name/$binary" ] && ! lacks_libraries "$folder_name" "$binary"; then
    say "already unpacked: $folder_name"
    return
  fi
  refresh_lists
  say "unpacking $* into $cache/$folder_name"
  rm -rf "${cache:?}/$folder_name"
  unpack "$folder_name" "$@"
  wanted=$(libraries_of "$main")
  while [ -n "$wanted" ] && lacks_libraries "$folder_name" "$binary"; do
    next=
    for library in $wanted; do
      if installed "$library" || [[ $seen = *" $library "* ]]; then continue; fi
      unpack "$folder_name" "$library"
      seen+="$library "
      next+=" $(libraries_of "$library")"
    done
    wanted=$next
  done
  rm -rf "$cache/deb"
  if lacks_libraries "$folder_name" "$binary"; then fail "$folder_name still lacks libraries: $(missing_libraries "$folder_name" "$binary")"; fi
}

install_packages
fetch exim usr/sbin/exim4 exim4-daemon-light exim4-base exim4-config
fetch opensmtpd usr/sbin/smtpd opensmtpd
# m4 turns Sendmail's own macros (sendmail-cf) into its configuration, as a postmaster would.
fetch m4 usr/bin/m4 m4
fetch sendmail usr/libexec/sendmail/sendmail sendmail-bin sendmail-base sendmail-cf
# lmtp comes with its own package, and sieve beside it: both are there or neither.
fetch dovecot usr/lib/dovecot/lmtp dovecot-core dovecot-lmtpd dovecot-sieve
fetch nsd usr/sbin/nsd nsd
# promtool alone is wanted; the server is not started.
fetch prometheus usr/bin/promtool prometheus

# Each must run, or the tests would fail later with a less clear reason. Exim looks for its own user before it says
# anything: the tests give it one in a private /etc/passwd, and here its complaint proves that it starts.
say "checking that each runs"
# What it says first is enough: Sendmail then waits a minute for a DNS that is not there.
run() { LD_LIBRARY_PATH=$(library_path "$1") timeout 10 "$cache/$1/$2" "${@:3}" 2>&1 </dev/null || true; }
first() { sed -n -E "/$1/{p;q}"; }
show() { if [ -n "$2" ]; then say "  $1: $2"; else fail "$1 does not run"; fi; }
show postfix "$(postconf -d -h mail_version)"
show smtp-source "$(command -v smtp-source)"
show exim "$(run exim usr/sbin/exim4 -bV | first '^Exim version|no such user|failed to find uid')"
show opensmtpd "$(run opensmtpd usr/sbin/smtpd -h | first '^version:')"
show sendmail "$(run sendmail usr/libexec/sendmail/sendmail -C /dev/null -d0.1 -bt | first '^Version')"
show dovecot "$(run dovecot usr/sbin/dovecot --version)"
show pigeonhole "$(run dovecot usr/bin/sievec -h | first 'Usage: sievec')"
show nsd "$(run nsd usr/sbin/nsd -v | first '^NSD version')"
show promtool "$(run prometheus usr/bin/promtool --version | first '^promtool')"
show chromium "$(chromium --version --no-sandbox 2>/dev/null | first Chromium)"
show swaks "$(swaks --version | first 'swaks version')"
if swaks --support 2>&1 | grep -E '^\*\*\* (IPv6|TLS|MX Routing)'; then fail "swaks cannot do all that the tests ask of it"; fi
show nmap "$(nmap --version | first '^Nmap version')"
show ss "$(ss -V)"
show ipset "$(ipset version | first '^ipset')"
show iptables "$(iptables --version)"
show named-checkzone "$(named-checkzone -v)"
show rbldnsd "$(rbldnsd -h | first 'rbldnsd')"
show exabgp "$(exabgp --version 2>/dev/null | sed -n 's/^ExaBGP/ExaBGP/p')"
show nc "$(command -v nc)"
show gsasl "$(gsasl --version | first 'GNU SASL')"
show curl "$(curl --version | first '^curl')"
show openssl "$(openssl version)"
show xz "$(xz --version | first '^xz')"
show systemd-analyze "$(systemd-analyze --version | first '^systemd')"
if ss -Hltn 'sport = :25' | grep -q .; then say "note: something listens on port 25 of this machine; the tests do not use it"; fi
say "done"
