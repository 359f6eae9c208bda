CREATE TABLE categories (
	id         INTEGER PRIMARY KEY,
	department TEXT NOT NULL,
	name       TEXT NOT NULL,
	headline   TEXT NOT NULL,
	version    TEXT NOT NULL -- of the headline, as who wrote it calls it
);

CREATE TABLE products (
	id               INTEGER PRIMARY KEY,
	category_id      INTEGER NOT NULL REFERENCES categories (id),
	name             TEXT    NOT NULL,
	price_cents      INTEGER NOT NULL CHECK (price_cents > 0),
	price_changed_at INTEGER NOT NULL -- seconds since 1970
);

CREATE TABLE stock (
	product_id INTEGER NOT NULL REFERENCES products (id),
	warehouse  TEXT    NOT NULL,
	quantity   INTEGER NOT NULL CHECK (quantity >= 0),
	PRIMARY KEY (product_id, warehouse)
) WITHOUT ROWID;

-- Reviews are kept in the order they were written, so those of one product lie far apart.
CREATE TABLE reviews (
	id         INTEGER PRIMARY KEY,
	product_id INTEGER NOT NULL REFERENCES products (id),
	rating     INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
	author     TEXT    NOT NULL,
	body       TEXT    NOT NULL,
	written_at INTEGER NOT NULL -- seconds since 1970
);
