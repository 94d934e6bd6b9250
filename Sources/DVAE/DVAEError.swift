/// What can be wrong with codes.
public enum DVAEError: Error, Equatable, Sendable {
    /// A row of codes that does not have D integers; rows count from 0.
    case wrongCodeCount(row: Int, got: Int, want: Int)
    /// A code outside 0 ..< K; rows and latents count from 0.
    case codeOutOfRange(row: Int, latent: Int, got: Int, categoryCount: Int)
}

extension DVAEError: CustomStringConvertible {
    /// One line: what was got, what was wanted, where.
    public var description: String {
        switch self {
        case .wrongCodeCount(let row, let got, let want):
            "row \(row + 1) has \(got) codes, the model wants \(want)"
        case .codeOutOfRange(let row, let latent, let got, let categoryCount):
            "row \(row + 1), code \(latent + 1) is \(got), allowed are 0 … \(categoryCount - 1)"
        }
    }
}
