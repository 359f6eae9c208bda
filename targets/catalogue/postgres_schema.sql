CREATE TABLE categories (
	id         bigint PRIMARY KEY,
	department text NOT NULL,
	name       text NOT NULL,
	headline   text NOT NULL,
	version    text NOT NULL -- of the headline, as who wrote it calls it
);

CREATE TABLE products (
	id               bigint PRIMARY KEY,
	category_id      bigint NOT NULL REFERENCES categories (id),
	name             text   NOT NULL,
	price_cents      bigint NOT NULL CHECK (price_cents > 0),
	price_changed_at bigint NOT NULL -- seconds since 1970
);

CREATE TABLE stock (
	product_id bigint NOT NULL REFERENCES products (id),
	warehouse  text   NOT NULL,
	quantity   bigint NOT NULL CHECK (quantity >= 0),
	PRIMARY KEY (product_id, warehouse)
);

-- Reviews are kept in the order they were written, so those of one product lie far apart.
CREATE TABLE reviews (
	id         bigint PRIMARY KEY,
	product_id bigint NOT NULL REFERENCES products (id),
	rating     bigint NOT NULL CHECK (rating BETWEEN 1 AND 5),
	author     text   NOT NULL,
	body       text   NOT NULL,
	written_at bigint NOT NULL -- seconds since 1970
);
