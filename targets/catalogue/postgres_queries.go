package catalogue

// postgresQueries are the queries in PostgreSQL's dialect. Its sum of integers has a type of its own, numeric, which is
// made the integer or float that SQLite's is.
var postgresQueries = [statements]string{
	selectProduct: `
		SELECT p.name, p.price_cents, p.price_changed_at, c.id, c.department, c.name,
			(SELECT sum(quantity) FROM stock WHERE product_id = p.id)::bigint, count(r.id), coalesce(sum(r.rating), 0)::float8
		FROM products p
			JOIN categories c ON c.id = p.category_id
			LEFT JOIN reviews r ON r.product_id = p.id
		WHERE p.id = $1
		GROUP BY p.id, c.id`,
	selectTotals: `
		SELECT c.department, c.name, c.headline, c.version, count(DISTINCT p.id), min(p.price_cents), max(p.price_cents),
			count(r.id), coalesce(sum(r.rating), 0)::float8, max(r.written_at),
			count(*) FILTER (WHERE r.rating = 1), count(*) FILTER (WHERE r.rating = 2), count(*) FILTER (WHERE r.rating = 3),
			count(*) FILTER (WHERE r.rating = 4), count(*) FILTER (WHERE r.rating = 5)
		FROM categories c
			LEFT JOIN products p ON p.category_id = c.id
			LEFT JOIN reviews r ON r.product_id = p.id
		WHERE c.id = $1
		GROUP BY c.id`,
	selectTopRated: `
		SELECT p.id, p.name, p.price_cents, count(*) AS n, sum(r.rating)::float8 / count(*) AS mean
		FROM products p
			JOIN reviews r ON r.product_id = p.id
		WHERE p.category_id = $1
		GROUP BY p.id
		HAVING count(*) >= 3
		ORDER BY mean DESC, n DESC, p.id
		LIMIT 5`,
	selectStock: `
		SELECT warehouse, quantity FROM stock WHERE product_id = $1 ORDER BY warehouse`,
	updatePrice: `
		UPDATE products SET price_cents = $1, price_changed_at = $2 WHERE id = $3 RETURNING category_id`,
	updateHeadlines: `
		UPDATE categories SET headline = new.headline, version = new.version
		FROM json_to_recordset($1::text::json) AS new (category_id bigint, headline text, version text)
		WHERE categories.id = new.category_id`,
	selectLastCategory: `SELECT max(id) FROM categories`,
	beginRead:          `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`,
	endRead:            `END`,
}
