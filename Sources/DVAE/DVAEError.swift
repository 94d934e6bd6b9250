/// What can be wrong with codes or an estimator.
public enum DVAEError: Error, Equatable, Sendable {
    /// A row of codes that does not have D integers; rows count from 0.
    case wrongCodeCount(row: Int, got: Int, want: Int)
    /// A code outside 0 ..< K; rows and latents count from 0.
    case codeOutOfRange(row: Int, latent: Int, got: Int, categoryCount: Int)
    /// A grid with more codes than an estimator can enumerate.
    case gridTooLarge(estimator: String, latentCount: Int, categoryCount: Int, limit: Int)
}

extension DVAEError: CustomStringConvertible {
    /// One line: what was got, what was wanted, where.
    public var description: String {
        switch self {
        case .wrongCodeCount(let row, let got, let want):
            "row \(row + 1) has \(got) codes, the model wants \(want)"
        case .codeOutOfRange(let row, let latent, let got, let categoryCount):
            "row \(row + 1), code \(latent + 1) is \(got), allowed are 0 … \(categoryCount - 1)"
        case .gridTooLarge(let estimator, let latentCount, let categoryCount, let limit):
            "estimator \"\(estimator)\" enumerates all codes, and a grid of D=\(latentCount) K=\(categoryCount) "
                + "has more than \(limit); use a smaller grid or another estimator"
        }
    }
}
