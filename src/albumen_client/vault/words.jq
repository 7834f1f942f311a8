# The 24 words of a vault as a key of age:
#   jq -rn --rawfile list words.txt --arg words "abandon …" -f words.jq > words.key
def bits($n): . as $v | [range($n - 1; -1; -1) as $i | ($v / pow(2; $i) | floor) % 2];
def number: reduce .[] as $b (0; . * 2 + $b);
def xor($a; $b): reduce range(30) as $i ({a: $a, b: $b, p: 1, r: 0};
  (if .a % 2 != .b % 2 then .r += .p else . end) | .a = (.a / 2 | floor) | .b = (.b / 2 | floor) | .p *= 2) | .r;
def polymod: reduce .[] as $v (1;
  (. / 33554432 | floor) as $top | xor((. % 33554432) * 32; $v)
  | reduce range(5) as $i (.; if ($top / pow(2; $i) | floor) % 2 == 1
      then xor(.; [996825010, 642813549, 513874426, 1027748829, 705979059][$i]) else . end));
($list | split("\n") | map(select(. != "")) | to_entries | map({(.value): .key}) | add) as $index
| ($words | ascii_downcase | split(" ") | map(select(. != "") | $index[.] // error("unknown word: " + .) | bits(11)) | add) as $bits
| if ($bits | length) != 264 then error("there must be 24 words") else . end
| ($bits[:256] + [0, 0, 0, 0]) as $secret
| [range(0; 260; 5) as $i | $secret[$i:$i + 5] | number] as $data
| ("age-secret-key-" | explode) as $prefix
| ([$prefix[] | . / 32 | floor] + [0] + [$prefix[] | . % 32] + $data + [0, 0, 0, 0, 0, 0] | polymod) as $sum
| (xor($sum; 1) | bits(30)) as $check
| "qpzry9x8gf2tvdw0s3jn54khce6mua7l" as $letters
| ($data + [range(0; 30; 5) as $i | $check[$i:$i + 5] | number]) | map($letters[.:. + 1]) | add
| ("age-secret-key-1" + .) | ascii_upcase
