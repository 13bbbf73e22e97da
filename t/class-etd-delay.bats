# What etd-delay and etd-server have in common: see front.bash.
load lib
load front

@test "the built-in pattern knows end-user names, and no mail server's" {
	[ "$(grep -c '^dynamic' "$BATS_TEST_DIRNAME/hosts")" -ge 40 ]
	[ "$(grep -c '^named' "$BATS_TEST_DIRNAME/hosts")" -ge 50 ]
	grep -v '^#' "$BATS_TEST_DIRNAME/hosts" | grep . >wanted
	mapfile -t hosts < <(awk '{ print $2 }' wanted)
	classes "${hosts[@]}" | paste - <(awk '{ print $2 }' wanted) >found
	diff wanted found
}

@test "each class has its own hold, and ETD_DELAY is that of all that have none" {
	held() {	# HOST VARIABLE=VALUE ...
		client_is "$1"
		shift
		front "$@" sh -c 'echo "$ETD_CLASS $ETD_WAITED"'
		listen front
	}
	[[ $(held mail.example.org ETD_DELAY=0.3 ETD_DELAY_DYNAMIC=20 ETD_DELAY_NORDNS=20) == 'named '[0-9].* ]]
	[[ $(held dsl.example.org ETD_DELAY=20 ETD_DELAY_DYNAMIC=0.3 ETD_DELAY_NORDNS=20) == 'dynamic '[0-9].* ]]
	[[ $(held '' ETD_DELAY=20 ETD_DELAY_DYNAMIC=20 ETD_DELAY_NORDNS=0.3) == 'nordns '[0-9].* ]]
	[[ $(held dsl.example.org ETD_DELAY=0.3) == 'dynamic '[0-9].* ]]
	[[ $(held '' ETD_DELAY=0.3) == 'nordns '[0-9].* ]]
	[[ $(held dsl.example.org ETD_DELAY=0.3 ETD_DELAY_DYNAMIC=) == 'dynamic '[0-9].* ]]
	[[ $(held '' ETD_DELAY=0 ETD_DELAY_NORDNS=) == 'nordns 0.000' ]]
	# 0 exempts one class alone.
	[[ $(held mail.example.org ETD_DELAY=0 ETD_DELAY_NORDNS=20) == 'named 0.000' ]]
}

@test "ETD_DYNAMIC is an extended regular expression without case; empty, it matches nothing" {
	export ETD_DYNAMIC='^(a|b)[0-9]{2}\.'
	[ "$(classes B12.example.net b123.example.net dsl.example.net | xargs)" = 'dynamic named named' ]
	ETD_DYNAMIC= run -0 classes dsl.example.net
	[ "$output" = named ]
}
