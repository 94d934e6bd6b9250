import CKernels
import Testing

@Suite struct KernelsRowsTests {
    @Test(arguments: awkwardSizes) func broadcasts(columns: Int) {
        let rowCount = 5
        let x = values(rowCount * columns, seed: 1)
        let row = values(columns, seed: 2)
        var y = x
        ck_add_row(&y, row, Int64(rowCount), Int64(columns))
        #expect(y == x.enumerated().map { $1 + row[$0 % columns] })
        ck_set_rows(&y, row, Int64(rowCount), Int64(columns))
        #expect(y == x.indices.map { row[$0 % columns] })
    }

    @Test(arguments: awkwardSizes, [Int32(0), 1]) func sums(columns: Int, accumulate: Int32) {
        let rowCount = 7
        let a = values(rowCount * columns, seed: 1)
        let b = values(rowCount * columns, seed: 2)
        var columnSum = values(columns, seed: 3)
        var expectedColumnSum = doubles(columnSum)
        ck_column_sum(&columnSum, a, Int64(rowCount), Int64(columns), accumulate)
        ck_reference_column_sum(
            &expectedColumnSum, doubles(a), Int64(rowCount), Int64(columns), accumulate)
        #expect(distance(columnSum, expectedColumnSum) < 1e-6)

        var rowDot = values(rowCount, seed: 4)
        var rowSum = rowDot
        var expectedDot = doubles(rowDot)
        var expectedSum = expectedDot
        ck_row_dot(&rowDot, a, b, Int64(rowCount), Int64(columns), accumulate)
        ck_reference_row_dot(
            &expectedDot, doubles(a), doubles(b), Int64(rowCount), Int64(columns), accumulate)
        #expect(distance(rowDot, expectedDot) < 1e-5)
        ck_row_sum(&rowSum, a, Int64(rowCount), Int64(columns), accumulate)
        let ones = [Double](repeating: 1, count: a.count)
        ck_reference_row_dot(
            &expectedSum, doubles(a), ones, Int64(rowCount), Int64(columns), accumulate)
        #expect(distance(rowSum, expectedSum) < 1e-5)
    }

    @Test(arguments: awkwardSizes, [Int32(0), 1]) func scaleRows(columns: Int, accumulate: Int32) {
        let rowCount = 3
        let x = values(rowCount * columns, seed: 1)
        let s = values(rowCount, seed: 2)
        let start = values(rowCount * columns, seed: 3)
        var y = start
        ck_scale_rows(&y, s, x, Int64(rowCount), Int64(columns), accumulate)
        let expected = x.indices.map {
            (accumulate == 1 ? Double(start[$0]) : 0) + Double(s[$0 / columns]) * Double(x[$0])
        }
        #expect(distance(y, expected) < 1e-7)
    }

    @Test(arguments: awkwardSizes, [Int32(0), 1]) func gather(columns: Int, accumulate: Int32) {
        let tableRows = 11
        let rowCount = 20
        let table = values(tableRows * columns, seed: 1)
        let index = indices(rowCount, below: tableRows, seed: 2)
        let start = values(rowCount * columns, seed: 3)
        var y = start
        ck_gather_rows(&y, table, index, Int64(rowCount), Int64(columns), accumulate)
        let expected = start.indices.map {
            (accumulate == 1 ? start[$0] : 0)
                + table[Int(index[$0 / columns]) * columns + $0 % columns]
        }
        #expect(y == expected)
    }

    @Test(arguments: awkwardSizes) func scatterAdd(columns: Int) {
        let tableRows = 5
        let rowCount = 40
        let x = values(rowCount * columns, seed: 1)
        let index = indices(rowCount, below: tableRows, seed: 2)
        var table = values(tableRows * columns, seed: 3)
        var expected = doubles(table)
        ck_scatter_add_rows(&table, x, index, Int64(rowCount), Int64(columns))
        ck_reference_scatter_add_rows(
            &expected, doubles(x), index, Int64(rowCount), Int64(columns))
        #expect(distance(table, expected) < 1e-5)
    }
}
