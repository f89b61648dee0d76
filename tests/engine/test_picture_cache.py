from frors_qgis.engine.picture_cache import PictureCache


def test_a_picture_is_made_once(tmp_path):
    cache, made = PictureCache(tmp_path), []

    def make(path):
        made.append(path)
        path.write_bytes(b"x" * 10)

    assert cache.get("a.png", make) == cache.get("a.png", make) == tmp_path / "a.png"
    assert made == [tmp_path / "a.png"]


def test_those_asked_for_longest_ago_go_first_and_are_made_again(tmp_path):
    cache = PictureCache(tmp_path, most_bytes=30)
    made = []

    def make(path):
        made.append(path.name)
        path.write_bytes(b"x" * 10)

    for name in ("a", "b", "c", "a", "d"):
        cache.get(name, make)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c", "d"]
    cache.get("b", make)
    assert made == ["a", "b", "c", "d", "b"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "d"]


def test_one_picture_larger_than_the_cache_stays_until_the_next(tmp_path):
    cache = PictureCache(tmp_path, most_bytes=5)
    for name in ("a", "b"):
        assert cache.get(name, lambda path: path.write_bytes(b"x" * 10)).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_picture_that_somebody_deleted_is_made_again(tmp_path):
    cache = PictureCache(tmp_path)
    cache.get("a", lambda path: path.write_bytes(b"x")).unlink()
    assert cache.get("a", lambda path: path.write_bytes(b"y")).read_bytes() == b"y"
