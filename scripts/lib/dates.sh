# shellcheck shell=bash
# Dates that scripts count with, in UTC.

# in_days N : that instant, as a due date.
in_days() { date -u -d "+$1 days" +%Y-%m-%dT%H:%M:%SZ; }
# month_back N : counted from the middle of this one, so that none is left out.
month_back() { date -u -d "$(date -u +%Y-%m-15) -$1 month" +%Y-%m; }
