"""What an order costs: claims of the job lane with and without fair shares and limits."""
