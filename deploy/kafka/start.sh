#!/bin/sh
# Format the data folder once, with the two users that are there from the beginning, and start the broker. The passwords
# go from file to file: on a command line, whoever lists processes would read them.
set -eu
umask 077
PATH=$PATH:/opt/kafka/bin
users=$(mktemp)
for user in broker administrator; do
    printf -- '--add-scram\nSCRAM-SHA-256=[name=%s,password=%s]\n' "$user" "$(cat "/run/secrets/$user")" >>"$users"
done
kafka-storage.sh format --ignore-formatted --cluster-id c2FtcmFkLWNvbXBvc2UtMQ \
    --config /etc/samrad/server.properties "@$users"
rm "$users"
exec kafka-server-start.sh /etc/samrad/server.properties
