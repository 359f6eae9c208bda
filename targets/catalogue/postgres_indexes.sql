-- Applied when the rows are in. ANALYZE names its tables: others of the database are none of ours.
CREATE INDEX products_of_category ON products (category_id);
CREATE INDEX reviews_of_product ON reviews (product_id);
ANALYZE categories, products, stock, reviews;
