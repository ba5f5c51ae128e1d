#!/bin/sh
# Makes the drill and the scan of the worked example by really running borg and oscap, and collects their result files. Everything is
# invented, and the days are those of the example's quarter: faketime sets the clock of the tools. The delivery figures come from no tool:
# they are written after the documentation of GitLab's API.
# It needs borg, faketime, oscap (Debian: borgbackup, faketime, openscap-scanner) and milepost on the path.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
workspace="$(cd "$here/../.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder" "$workspace/inbox"' EXIT
mkdir -p "$folder/data/orders" "$folder/data/fares" "$folder/server" "$workspace/inbox/shore"

# Nine files of two stores, a copy of each of three nights, and a restore that compares the newest copy.
for file in orders/bookings orders/passengers orders/payments orders/refunds orders/vehicles fares/routes fares/seasons fares/prices fares/rebates; do
  seq -f "$file,%g" 200 >"$folder/data/$file.csv"
done
export BORG_REPO="$folder/vault" BORG_BASE_DIR="$folder/borg" BORG_PASSPHRASE=example
borg init --encryption repokey-blake2 2>/dev/null
for night in 16 17 18; do
  (cd "$folder" && borg create --timestamp "2026-11-${night}T02:00:00" "::night-$night" data)
done
(cd "$folder" && find data -type f | LC_ALL=C sort | xargs sha256sum) >"$folder/digests"
TEAM=ticketing WORKSPACE="$workspace" DIGESTS="$folder/digests" faketime -f '@2026-11-18 09:10:04' "$here/restore.sh"

# Twenty-six settings of a server, of which four are not as the build standard wants them.
oval() {
  printf '<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"><generator><schema_version xmlns="http://oval.mitre.org/XMLSchema/oval-common-5">5.11</schema_version><timestamp xmlns="http://oval.mitre.org/XMLSchema/oval-common-5">2026-10-01T00:00:00</timestamp></generator>'
  printf '<definitions>'
  for n in $(seq 26); do
    printf '<definition class="compliance" id="oval:example.northgate:def:%s" version="1"><metadata><title>%s</title><description>%s</description></metadata><criteria><criterion test_ref="oval:example.northgate:tst:%s"/></criteria></definition>' "$n" "$n" "$n" "$n"
  done
  printf '</definitions><tests>'
  for n in $(seq 26); do
    printf '<textfilecontent54_test xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5#independent" id="oval:example.northgate:tst:%s" version="1" check="all" check_existence="at_least_one_exists" comment="%s"><object object_ref="oval:example.northgate:obj:%s"/></textfilecontent54_test>' "$n" "$n" "$n"
  done
  printf '</tests><objects>'
  for n in $(seq 26); do
    printf '<textfilecontent54_object xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5#independent" id="oval:example.northgate:obj:%s" version="1"><filepath>%s/server/%s.conf</filepath><pattern operation="pattern match">^on$</pattern><instance datatype="int">1</instance></textfilecontent54_object>' "$n" "$folder" "$n"
  done
  printf '</objects></oval_definitions>\n'
}
xccdf() {
  printf '<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_example.northgate_benchmark_std-01" resolved="1" xml:lang="en"><status date="2026-10-01">accepted</status><title>Build standard STD-01</title><version>1</version>'
  for n in $(seq 26); do
    printf '<Rule id="xccdf_example.northgate_rule_%s" selected="true"><title>Setting %s</title><check system="http://oval.mitre.org/XMLSchema/oval-definitions-5"><check-content-ref href="oval.xml" name="oval:example.northgate:def:%s"/></check></Rule>' "$n" "$n" "$n"
  done
  printf '</Benchmark>\n'
}
for n in $(seq 26); do
  case $n in 7 | 12 | 19 | 25) setting=off ;; *) setting=on ;; esac
  printf '%s\n' "$setting" >"$folder/server/$n.conf"
done
oval >"$folder/oval.xml"
xccdf >"$folder/std-01.xml"
# Exit code 2 says that a rule failed, which is what the scan is for.
(cd "$folder" && faketime -f '@2026-12-07 02:30:00' oscap xccdf eval --results results.xml std-01.xml >/dev/null) || [ $? = 2 ]
mv "$folder/results.xml" "$workspace/inbox/shore/std-01.xml"
milepost --root "$workspace" collect std-01 --team shore
