# Sourced: the C files of the tree at $root. Tests may do what the product may not.
product_folders='core support wire http kafka store lane replay producers consumers dashboard cli'

product_files() {
    (cd "$root" && for folder in $product_folders; do
        [ ! -d "$folder" ] || find "$folder" -name '*.[ch]'
    done | LC_ALL=C sort)
}

all_files() {
    product_files
    (cd "$root" && [ ! -d tests ] || find tests -name '*.[ch]' | LC_ALL=C sort)
}
