load lib

# Under the sanitizers, without a fuzzer: make fuzz looks for new inputs.
replay() {
	CC='gcc -g -fsanitize=address,undefined -fno-sanitize-recover=all' "$top/t/fuzz/build" "$1" "$PWD/replay" "$top/t/fuzz/replay.c"
	run -0 ./replay "$top/t/fuzz/$1"/*
	[ "$output" -ge "$2" ]
}

@test "the source's parser takes the corpus" { replay source 20; }

@test "the reader of SMTP replies takes the corpus" { replay smtp 20; }

@test "the reader of backends.cdb takes the corpus" { replay pick 5; }

@test "the reader of PROXY headers takes the corpus" { replay proxied 20; }

@test "the reader of a rule takes the corpus" { replay rule 15; }

@test "the reader of tcprules's file takes the corpus" { replay rules 8; }

@test "what tells names of hosts, and resolvers, takes the corpus" { replay hostname 15; }

@test "the reader of ETD_DNSBL takes the corpus" { replay sites 10; }

@test "what tells kinds of early talk, and the log's lines, take the corpus" { replay words 15; }

@test "the reader of ETD_COUNTS takes the corpus" { replay counts 4; }

@test "the reader of ETD_PASSED takes the corpus" { replay passed 5; }
