/*
 * replay: a fuzz target without a fuzzer: runs each file that is named.
 */
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
main(int argc, char **argv)
{
	static unsigned char data[1 << 20];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");

		if (file == NULL) {
			perror(argv[i]);
			return 111;
		}
		LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof data, file));
		fclose(file);
	}
	printf("%d\n", argc - 1);
	return 0;
}
